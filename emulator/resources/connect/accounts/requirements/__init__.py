"""The requirements of an account: rules, reviews, and the lists that follow from both."""

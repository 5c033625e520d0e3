"""Payment intents, setup intents and confirmation tokens."""

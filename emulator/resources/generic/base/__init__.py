"""What all generic objects share: their additions, and the lists inside them."""

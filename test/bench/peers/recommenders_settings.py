"""How strongly ALS believes in what was seen, in training and when a user is folded in; how large the factors are."""

ALS_PENALTY = 5.0
ALS_ALPHA = 1.0
DIMENSIONS = 64

"""How strongly ALS believes in what was seen, in training and when a user is folded in."""

ALS_PENALTY = 5.0
ALS_ALPHA = 1.0

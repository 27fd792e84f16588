"""Training that can stop after any step and go on elsewhere, and what is built from it."""

"""The training container's HTTP side; ENDPOINT.md says what is asked and answered."""

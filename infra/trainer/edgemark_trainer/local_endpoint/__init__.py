"""SageMaker's asynchronous inference on this machine, before the same container."""

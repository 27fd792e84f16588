"""The command line's endpoint commands: `serve`, `round`, `local-endpoint`, `families`."""

import argparse
import os

COMMANDS = ("serve", "round", "local-endpoint", "families")
STAGING_KEY_ID, STAGING_SECRET = "STAGING_ACCESS_KEY_ID", "STAGING_SECRET_ACCESS_KEY"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the commands."""
    served = commands.add_parser("serve", help="the training container: /ping and /invocations")
    served.add_argument("--host", default="0.0.0.0")
    served.add_argument("--port", type=int, default=8080)
    _add_allow_http(served)
    one = commands.add_parser(
        "round", help="one round, which the container tells on standard input"
    )
    _add_allow_http(one)
    local = commands.add_parser(
        "local-endpoint",
        help="SageMaker's HTTP interface before a training container, over any S3",
        description="The staging bucket's credentials come from the environment: "
        f"{STAGING_KEY_ID} and {STAGING_SECRET}.",
    )
    local.add_argument("--host", default="127.0.0.1")
    local.add_argument("--port", type=int, default=8090)
    local.add_argument("--container", help="address of a container; without it one is started")
    local.add_argument("--s3-endpoint", required=True, help="address of the staging bucket's S3")
    local.add_argument("--s3-region", default="auto")
    local.add_argument("--bucket", required=True, help="the staging bucket")
    local.add_argument("--output-prefix", default="outputs")
    local.add_argument("--failure-prefix", default="failures")
    commands.add_parser("families", help="families.json: algorithms and hyperparameters")


def _add_allow_http(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-http", action="store_true", help="http: addresses of other hosts, too"
    )


def run_command(options: argparse.Namespace) -> None:
    """Run one of the commands; each imports what it needs, as PyTorch takes seconds."""
    if options.command == "serve":
        from edgemark_trainer.endpoint.server import serve

        serve(options.host, options.port, allow_http=options.allow_http)
    elif options.command == "round":
        from edgemark_trainer.endpoint.round_worker import run_worker

        run_worker(options.allow_http)
    elif options.command == "families":
        from edgemark_trainer.families.registry import families_text

        print(families_text(), end="")
    else:
        serve_local_endpoint(options)


def serve_local_endpoint(options: argparse.Namespace) -> None:
    """Run the local endpoint; boto3 is a dependency of this command alone."""
    from edgemark_trainer.local_endpoint.server import LocalEndpointOptions, serve_locally

    serve_locally(
        LocalEndpointOptions(
            options.host,
            options.port,
            options.container,
            options.s3_endpoint,
            options.s3_region,
            options.bucket,
            options.output_prefix,
            options.failure_prefix,
            os.environ.get(STAGING_KEY_ID, ""),
            os.environ.get(STAGING_SECRET, ""),
        )
    )

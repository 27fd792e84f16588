"""The peers of the speed table: what a team would serve without this project, on the same rows and the same machine."""

"""One file a command, each loaded only when it is called; ``imagebuild.cli.catalog`` lists them."""

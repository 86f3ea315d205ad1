"""``python -m imagebuild``: the same as the command."""

from imagebuild.cli.main import main

if __name__ == "__main__":
    main()

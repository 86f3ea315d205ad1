pytest_plugins = ["imagebuild.testing.fixtures"]

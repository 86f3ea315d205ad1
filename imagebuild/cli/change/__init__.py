"""What ``imagebuild diff`` shows, for a terminal, a pull request, a browser and programs."""

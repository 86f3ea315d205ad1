"""The commands of ``imagebuild store`` and what they share."""

"""An open project for who looks at it: views of targets, tasks that people want done, news of what happens."""

from imagebuild.studio.studio import ProjectStudio

__all__ = ["ProjectStudio"]

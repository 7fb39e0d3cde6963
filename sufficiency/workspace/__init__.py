"""The planners' own scenarios: named, versioned, never overwritten, found again after a crash."""

from sufficiency.workspace.changes import Change as Change
from sufficiency.workspace.changes import Why as Why
from sufficiency.workspace.database import default_folder as default_folder
from sufficiency.workspace.drafts import Draft as Draft
from sufficiency.workspace.records import Entry as Entry
from sufficiency.workspace.records import Saved as Saved
from sufficiency.workspace.records import Version as Version
from sufficiency.workspace.workspace import Workspace as Workspace

"""The planner's app: five pages over the other rooms, and the parts they share."""

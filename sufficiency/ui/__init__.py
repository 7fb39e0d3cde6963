"""The planner's app: eight pages over the other rooms, and the parts they share."""

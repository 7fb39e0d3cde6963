"""The statutory returns: School Capacity survey, DSG plan pupil tables and Local SEND Reform Plan."""

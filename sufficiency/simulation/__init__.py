"""One future: the council's services as SimPy processes over a columnar caseload."""

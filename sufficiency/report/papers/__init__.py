"""Papers that can go to a committee: one content, rendered as a workbook, a Word document and a single web page."""

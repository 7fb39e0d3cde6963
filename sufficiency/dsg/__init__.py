"""The Dedicated Schools Grant: the high-needs account, what interventions save, and what the balance is sensitive to."""

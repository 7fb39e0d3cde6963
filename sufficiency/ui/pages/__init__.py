"""The pages of the app: one question each, the answer in a sentence at the top."""

"""Charts that look the same in the app and on paper; none of them knows of Streamlit."""

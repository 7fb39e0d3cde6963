"""The Department for Education's yearly release "Education, health and care plans", as it is published."""

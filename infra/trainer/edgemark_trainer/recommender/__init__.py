"""The trainer family `recommender`: protocols, models, figures, graph, pack."""

from .daily_performance import DailyPerformance
from .export import Export

__all__ = ["DailyPerformance", "Export"]

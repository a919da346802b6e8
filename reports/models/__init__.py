from .daily_performance import DailyPerformance
from .daily_total import DailyTotal
from .export import Export

__all__ = ["DailyPerformance", "DailyTotal", "Export"]

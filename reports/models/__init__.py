from .daily_clicks import DailyClicks
from .daily_performance import DailyPerformance
from .daily_total import DailyTotal
from .export import Export
from .weekly_performance import WeeklyPerformance

__all__ = ["DailyClicks", "DailyPerformance", "DailyTotal", "Export", "WeeklyPerformance"]

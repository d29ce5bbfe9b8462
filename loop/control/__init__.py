"""What people order a campaign to do, kept beside its history."""

from loop.control.cancelling import cancellation, cancelled
from loop.control.order import Kind, Order
from loop.control.orders import Orders

__all__ = ["Kind", "Order", "Orders", "cancellation", "cancelled"]

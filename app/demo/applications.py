"""The applications by name."""

from . import insurance, orders, warehouse
from .host import Plan

PLANS: dict[str, Plan] = {plan.name: plan for plan in (insurance.PLAN, warehouse.PLAN, orders.PLAN)}

"""The encrypted local database of a device, the only SQL on it. `Store` is the way in."""

from app.store.identity import Identity
from app.store.keys import KeyCost
from app.store.store import Store
from app.store.transaction import Snapshot, Transaction

__all__ = ["Identity", "KeyCost", "Snapshot", "Store", "Transaction"]

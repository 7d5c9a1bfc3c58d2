"""Times the page that explains a figure of the province against its own queries, run bare."""

from app.domain.permissions import Role
from tests.bench.measuring import Measurement
from tests.bench.pages import measure_page
from tests.builders.world import PROVINCE, World


def measure_explaining(world: World, size: int, year: int) -> list[Measurement]:
    """Open the explanation of how many people the province has recognised."""
    association = world.make_account(PROVINCE, Role.ASSOCIATION)
    address = f"/{PROVINCE}/-/figures/recognised?year={year}"
    return [
        measure_page("explain: a figure of the province", world.app, association, address, size)
    ]

"""Builds the application from its parts. It wires; it decides nothing."""

from flask import Flask
from flask_babel import Babel

from app.cli import commands
from app.config import Config
from app.jobs.outbox import Dispatcher
from app.jobs.results import RollupWaker
from app.persistence import unnarrowed  # noqa: F401  (listens from now on)
from app.persistence.database import db
from app.persistence.roles import DatabaseRole, connect_arguments
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import dispatch_with, wake_with
from app.web import assets, errors, hosts, limits, pages, requests, session, walls
from app.web.accounts import routes as accounts
from app.web.addressing import TenantAddresses
from app.web.adhoc import routes as adhoc
from app.web.appraisals import routes as appraisals
from app.web.board import routes as board
from app.web.confirmations import routes as confirmations
from app.web.criteria import routes as criteria
from app.web.data import mine as own_data
from app.web.data import routes as data
from app.web.decisions import routes as decisions
from app.web.dossiers import routes as dossiers
from app.web.entry import routes as entry
from app.web.exports import routes as exports
from app.web.figures import routes as figures
from app.web.health import routes as health
from app.web.home import routes as home
from app.web.honours import routes as honours
from app.web.inspections import routes as inspections
from app.web.jobs import routes as jobs
from app.web.language import choose_locale
from app.web.members import routes as members
from app.web.own import routes as own
from app.web.portal import routes as portal
from app.web.proposals import routes as proposals
from app.web.published import routes as published
from app.web.record import routes as record
from app.web.registration import routes as registration
from app.web.reports import routes as reports
from app.web.roster import routes as roster
from app.web.settings import routes as settings
from app.web.transfers import routes as transfers
from app.web.turns import Turns


# The portal comes last: its last route answers any path that no other did.
BLUEPRINTS = (
    accounts.bp,
    adhoc.bp,
    appraisals.bp,
    board.bp,
    confirmations.bp,
    data.bp,
    criteria.bp,
    dossiers.bp,
    entry.bp,
    exports.bp,
    decisions.bp,
    figures.bp,
    health.bp,
    home.bp,
    honours.bp,
    inspections.bp,
    jobs.bp,
    members.bp,
    settings.bp,
    roster.bp,
    own.bp,
    own_data.bp,
    record.bp,
    registration.bp,
    reports.bp,
    proposals.bp,
    published.bp,
    transfers.bp,
    portal.bp,
)

_LARGEST_UPLOAD = 20 * 1024 * 1024
# A list of twenty thousand people, each ticked by their id.
_LARGEST_FORM = 1024 * 1024
_MOST_PARTS = 1000


def create_app(config: Config) -> Flask:
    """Return an application that runs on ``config``."""
    app = Flask(__name__, static_folder="static")
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_pre_ping": True,
            # An error is logged, and kept with a failed job: it must not quote the values of a row.
            "hide_parameters": True,
            "connect_args": connect_arguments(DatabaseRole.APPLICATION),
        },
        SECRET_KEY=config.secret_key,
        **session.cookie_settings(config),
        MAX_CONTENT_LENGTH=_LARGEST_UPLOAD,
        MAX_FORM_MEMORY_SIZE=_LARGEST_FORM,
        MAX_FORM_PARTS=_MOST_PARTS,
        BABEL_TRANSLATION_DIRECTORIES="../translations",
        BABEL_DEFAULT_LOCALE="en",
    )
    app.extensions["bangvang"] = config
    if config.has_services:
        # Read here, so that a deployment without its keys does not start.
        app.extensions["number_seal"] = NumberSeal(config.key_ring())
    db.init_app(app)
    Babel(app, locale_selector=choose_locale)
    hosts.install(app, config)
    walls.install(app)
    session.install(app)
    requests.install(app, config)
    limits.install(app, config)
    assets.install(app)
    pages.install(app, config)
    errors.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    commands.install(app)
    wake_with(RollupWaker(config.redis_url))
    dispatch_with(Dispatcher(config.redis_url))
    app.wsgi_app = Turns(app.wsgi_app)  # type: ignore[method-assign]
    app.wsgi_app = TenantAddresses(app.wsgi_app)  # type: ignore[method-assign]
    return app

"""The pages, feeds and tables of a long record keep few of its events in memory."""

import weakref
from array import array
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta

from orderwatch import event_list
from orderwatch.event_list import EventList
from orderwatch.frozen import replace
from orderwatch.log.reader import LOG_BIT
from orderwatch.model import CaseFile, Event, EventKind, Origin, Role, Site
from orderwatch.render import data_package
from orderwatch.render.atom import feed
from orderwatch.render.html import pages
from orderwatch.revisions import Revisions
from orderwatch.translation import using

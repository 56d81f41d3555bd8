import { Connection, showState } from './connection.js';
import { editName, hue, ownName } from './names.js';
import { applyPresence, showStale } from './people.js';
import { rememberRoom } from './rooms.js';

// Messages of one author within this time form one paragraph.
const SAME_BREATH = 3 * 60 * 1000;
// The maximum number of messages on a page; older ones are removed while the user is at the end of the list.
const MOST_SHOWN = 1000;
// From this length on the limit is shown.
const NEAR_THE_BOUND = 0.9;

const room = JSON.parse(document.getElementById('room-name').textContent);
const account = JSON.parse(document.getElementById('account').textContent);
const history = JSON.parse(document.getElementById('history').textContent);
const log = document.querySelector('#chat-log');
const list = document.querySelector('#messages');
const scroller = document.querySelector('#scroller');
const newer = document.querySelector('#newer');
const empty = document.querySelector('#empty');
const input = document.querySelector('#chat-message-input');
const nameInput = document.querySelector('#user-name');
const notice = document.querySelector('#notice');
const state = document.querySelector('#connection');

const seen = new Set();
const outbox = [];
let last = { name: null, time: 0, day: '' };
let follow = true;
let awaited = 0; // stored messages that the server has announced and not sent yet
let since = ''; // the position up to which this page has everything
let after = 0; // the greatest id on this page
let next = ''; // the position when the awaited messages have arrived
let cut = false; // whether messages may be missing before the next one

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const calendar = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const precise = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

document.querySelector('#title').textContent = room;
rememberRoom(room);

// --- the user's name ---

let myName = account || ownName();

if (account) {
    nameInput.value = account;
    nameInput.readOnly = true;
} else {
    editName(nameInput, (name) => {
        myName = name;
        // Comes back under the name, and misses nothing.
        connection.reconnect();
        input.focus();
    });
}

const accountLink = document.querySelector('#account-link');
accountLink.textContent = account ? 'Account' : 'Log in';
accountLink.href = '/account/?next=' + encodeURIComponent(window.location.pathname);

// --- messages ---

function show({ id, message, name = '', time = Date.now(), member = false }) {
    const known = id !== undefined && seen.has(id);
    if (cut && !known) {
        list.append(line('Some messages are not shown here'));
        last.name = null;
    }
    cut = false;
    // A page that was away for too long receives the stored messages again.
    if (known) {
        return;
    }
    seen.add(id);
    after = Math.max(after, id ?? 0);
    log.value += message + '\n';
    const day = calendar.format(time);
    if (day !== last.day) {
        list.append(line(day === calendar.format(Date.now()) ? 'Today' : day));
        last.name = null;
    }
    list.append(item(message, name, time, member));
    last = { name, time, day, member };
    empty.hidden = true;
}

function forgetOldest() {
    while (list.children.length > MOST_SHOWN) {
        list.firstElementChild.remove();
    }
}

function line(text) {
    const element = document.createElement('li');
    element.className = 'day';
    element.textContent = text;
    return element;
}

// Text of other users is only ever inserted as text, never as HTML.
function item(message, name, time, member) {
    const own = name === myName && member === (account !== '');
    const goesOn = name === last.name && member === last.member && time - last.time < SAME_BREATH;
    const entry = document.createElement('li');
    entry.className = own ? 'own' : `hue-${hue(name)}`;
    entry.classList.toggle('goes-on', goesOn);
    entry.append(
        author(own ? 'You' : name || 'Guest', member),
        part('p', 'bubble', message),
        timeOf(time));
    return entry;
}

// Anybody may use any name. The mark is for those who have logged in.
function author(name, member) {
    const element = part('span', 'name', name);
    element.classList.toggle('member', member);
    element.title = member ? 'Logged in' : '';
    return element;
}

function part(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    element.dir = 'auto';
    return element;
}

function timeOf(time) {
    const element = part('time', 'time', clock.format(time));
    element.dateTime = new Date(time).toISOString();
    element.title = precise.format(time);
    return element;
}

// --- the list stays scrolled to its end, unless the user has scrolled up ---

function toTheEnd() {
    scroller.scrollTop = scroller.scrollHeight;
}

scroller.addEventListener('scroll', () => {
    follow = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
    newer.hidden ||= follow;
});
new ResizeObserver(() => follow && toTheEnd()).observe(scroller);
newer.addEventListener('click', () => {
    toTheEnd();
    input.focus();
});

// --- sending; a message waits while there is no connection ---

document.querySelector('#composer').addEventListener('submit', (event) => {
    event.preventDefault();
    if (input.value.trim() === '') {
        return;
    }
    outbox.push({ message: input.value, name: myName });
    input.value = '';
    input.focus();
    sendAll();
});

input.addEventListener('input', () => tell());

function sendAll() {
    while (outbox.length > 0 && connection.send(outbox[0])) {
        outbox.shift();
    }
    follow = true;
    tell();
}

function tell() {
    const waiting = outbox.length;
    if (waiting > 0) {
        notice.textContent = `${waiting} ${waiting === 1 ? 'message waits' : 'messages wait'} for the connection.`;
    } else if (input.value.length >= input.maxLength * NEAR_THE_BOUND) {
        notice.textContent = `${input.value.length} of at most ${input.maxLength} characters`;
    } else {
        notice.textContent = '';
    }
}

// --- the connection ---

function path() {
    return `/ws/chat/${encodeURIComponent(room)}/?` + new URLSearchParams({ history, since, after, name: myName });
}

// Stored messages follow unless the layer replays. Without recovery, if all are new to the page, there may be others before.
function welcomed(welcome) {
    awaited = welcome.history;
    next = welcome.position;
    cut = !welcome.recovered && awaited === history && seen.size > 0;
    empty.hidden = awaited > 0 || list.children.length > 0;
    advance();
}

function received(message) {
    show(message);
    awaited -= awaited > 0 ? 1 : 0;
    next = message.position ?? next;
    advance();
}

// The position counts only after the awaited messages: a page that is cut off among them receives them again.
function advance() {
    since = awaited > 0 ? since : next;
}

const connection = new Connection(path, {
    onOpen() {
        list.ariaLive = 'off';
        sendAll();
    },
    onFrame(frame) {
        if (frame.type === 'presence') {
            applyPresence(frame, myName);
            showStale(false);
            return;
        }
        if (frame.history === undefined) {
            received(frame);
        } else {
            welcomed(frame);
        }
        // Screen readers announce live messages, and not the history.
        list.ariaLive = awaited > 0 ? 'off' : 'polite';
        if (follow) {
            forgetOldest();
            toTheEnd();
        } else {
            newer.hidden = false;
        }
    },
    onState(now) {
        showState(state, now);
        if (now.name !== 'connected') {
            showStale(true);
        }
        empty.hidden ||= now.name !== 'connected';
    },
    onLogout() {
        accountLink.textContent = 'Log in';
        input.disabled = true;
        notice.textContent = 'You were logged out. Log in again, or reload the page.';
    },
});
input.focus();

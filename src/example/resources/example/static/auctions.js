import { editName } from './names.js';
import { announceName, left, money } from './auction-words.js';

// Long enough not to be noticed by the server, short enough for a list.
const REFRESH = 5_000;

const form = document.querySelector('#start');
const title = document.querySelector('#title');
const price = document.querySelector('#price');
const length = document.querySelector('#length');
const notice = document.querySelector('#notice');
const list = document.querySelector('#auctions');
const empty = document.querySelector('#empty');
const nameInput = document.querySelector('#user-name');

let auctions = [];
let ahead = 0; // the server's clock against this one

editName(nameInput, (name) => {
    announceName(name);
    title.focus();
});
announceName(nameInput.value);

form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const terms = { title: title.value.trim(), price: Number(price.value), seconds: Number(length.value) };
    try {
        const response = await fetch('/auctions', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(terms),
        });
        if (response.ok) {
            window.location.assign(response.headers.get('Location'));
        } else {
            notice.textContent = await reason(response);
        }
    } catch {
        notice.textContent = 'No connection; try again in a moment.';
    }
});

async function reason(response) {
    const text = await response.text();
    try {
        return JSON.parse(text).error;
    } catch {
        return text || `The server answered ${response.status}.`;
    }
}

async function refresh() {
    if (document.hidden) {
        return;
    }
    try {
        const latest = await (await fetch('/auctions/latest')).json();
        ahead = latest.now - Date.now();
        auctions = latest.auctions;
        redraw();
    } catch {
        // The next attempt follows.
    }
}

function redraw() {
    const now = Date.now() + ahead;
    const open = auctions.filter((one) => one.endsAt > now).sort((a, b) => a.endsAt - b.endsAt);
    const over = auctions.filter((one) => one.endsAt <= now);
    const wanted = [...open, ...over].map((auction) => card(auction, now));
    empty.hidden = wanted.length > 0;
    // Cards keep their element, and with it the focus.
    wanted.forEach((one, at) => list.children[at] === one || list.insertBefore(one, list.children[at] ?? null));
    [...list.children].slice(wanted.length).forEach((one) => one.remove());
}

function card(auction, now) {
    const over = auction.endsAt <= now;
    const element = document.getElementById(auction.id) ?? emptyCard(auction);
    element.classList.toggle('over', over);
    element.querySelector('.price').textContent = money(auction.price);
    element.querySelector('.time-left').textContent = over ? 'Over' : left(auction.endsAt - now);
    element.querySelector('.leader').textContent = leader(auction, over);
    return element;
}

function leader({ bids, bidder }, over) {
    if (bids === 0) {
        return over ? 'No bids' : 'No bids yet';
    }
    return `${over ? 'Sold to' : 'Highest bid by'} ${bidder}`;
}

// Text of other users is only ever inserted as text, never as HTML.
function emptyCard({ id, title: heading }) {
    const link = document.createElement('a');
    link.id = id;
    link.className = 'lot';
    link.href = `/auctions/${id}/`;
    link.append(part('h2', '', heading), part('p', 'price', ''), part('p', 'time-left', ''), part('p', 'leader', ''));
    return link;
}

function part(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    element.dir = 'auto';
    return element;
}

setInterval(redraw, 1_000);
setInterval(refresh, REFRESH);
document.addEventListener('visibilitychange', refresh);
refresh();

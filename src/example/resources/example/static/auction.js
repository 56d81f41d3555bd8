import { Connection, showState } from './connection.js';
import { editName, hue } from './names.js';
import { announceName, left, money } from './auction-words.js';

// Older bids are removed from the list.
const MOST_SHOWN = 200;
// The last seconds are marked.
const SOON = 30_000;
const STEPS = [1, 5, 10];

const lot = document.querySelector('#lot');
const bids = document.querySelector('#bids');
const form = document.querySelector('#composer');
const amount = document.querySelector('#amount');
const submit = document.querySelector('#submit');
const steps = document.querySelector('#steps');
const standing = document.querySelector('#standing');
const timeLeft = document.querySelector('#time-left');
const notice = document.querySelector('#notice');
const nameInput = document.querySelector('#user-name');
const state = document.querySelector('#connection');

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

let you = '';
let price = 0;
let bidder = '';
let count = 0;
let endsAt = 0; // on this machine's clock
let ended = false;

editName(nameInput, (name) => {
    announceName(name);
    connection.reconnect();
    amount.focus();
});
announceName(nameInput.value);

const handlers = {
    auction({ you: name, auction, bids: last, millisLeft }) {
        you = name;
        ({ price, bidder, bids: count } = auction);
        endsAt = Date.now() + millisLeft;
        ended = false;
        document.title = auction.title;
        document.querySelector('#title').textContent = auction.title;
        document.querySelector('#seller').textContent = auction.seller === you ? 'Your auction' : `Offered by ${auction.seller}`;
        bids.replaceChildren();
        last.forEach(add);
        lot.hidden = false;
        show();
    },
    bid(placed) {
        ({ amount: price, bidder, number: count } = placed);
        if (bidder === you) {
            notice.textContent = '';
        }
        add(placed);
        show();
    },
    rejected({ reason }) {
        notice.textContent = reason;
    },
    ended({ winner, price: last }) {
        bidder = winner;
        price = last;
        ended = true;
        notice.textContent = '';
        show();
    },
};

function minimum() {
    return count === 0 ? price : price + 1;
}

function show() {
    document.querySelector('#price').textContent = money(price);
    document.querySelector('#price-label').textContent = count === 0 ? 'Starting price' : ended ? 'Final price' : 'Highest bid';
    document.querySelector('#bid-count').textContent = count === 1 ? '1 bid' : `${count} bids`;
    document.querySelector('#no-bids').hidden = count > 0;
    [standing.dataset.tone, standing.textContent] = words();
    form.hidden = ended;
    amount.min = minimum();
    amount.placeholder = `${minimum()} or more`;
    [...steps.children].forEach((button, at) => {
        button.value = minimum() - 1 + STEPS[at];
        button.textContent = money(minimum() - 1 + STEPS[at]);
    });
    tick();
}

function words() {
    const mine = bidder === you;
    if (count === 0) {
        return ['calm', ended ? 'Ended without a bid' : 'No bids yet'];
    }
    if (ended) {
        return mine ? ['good', 'You have won'] : ['calm', `Sold to ${bidder}`];
    }
    if (mine) {
        return ['good', 'Your bid is the highest'];
    }
    const outbid = bids.querySelector('.own') !== null;
    return outbid ? ['bad', `${bidder} has outbid you`] : ['calm', `Highest bid by ${bidder}`];
}

// Text of other users is only ever inserted as text, never as HTML.
function add({ number, bidder: name, amount: offered, placedAt }) {
    const entry = document.createElement('li');
    const own = name === you;
    entry.dataset.number = number;
    entry.className = own ? 'own' : `hue-${hue(name)}`;
    entry.append(part('span', 'name', own ? 'You' : name), part('time', 'time', clock.format(placedAt)), part('span', 'amount', money(offered)));
    bids.prepend(entry);
    if (bids.children.length > MOST_SHOWN) {
        bids.lastElementChild.remove();
    }
}

function part(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    element.dir = 'auto';
    return element;
}

function tick() {
    const rest = endsAt - Date.now();
    timeLeft.textContent = ended ? 'Over' : left(Math.max(0, rest));
    timeLeft.classList.toggle('soon', !ended && rest < SOON);
}

function bid(offered) {
    if (connection.send({ type: 'bid', amount: offered })) {
        amount.value = '';
        notice.textContent = '';
    } else {
        notice.textContent = 'Not connected; the bid was not sent.';
    }
}

STEPS.forEach(() => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'step';
    button.addEventListener('click', () => bid(Number(button.value)));
    steps.append(button);
});

form.addEventListener('submit', (event) => {
    event.preventDefault();
    bid(Number(amount.value));
});

const connection = new Connection(() => `/ws/auction/${document.body.dataset.auction}/`, {
    onFrame({ type, value }) {
        handlers[type](value);
    },
    onState(now) {
        showState(state, now);
        submit.disabled = now.name !== 'connected';
    },
});
setInterval(tick, 250);

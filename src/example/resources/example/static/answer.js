import { askFrom } from './ask.js';
import { Connection, showState } from './connection.js';

const scroller = document.querySelector('#scroller');
const question = document.querySelector('#question');
const answer = document.querySelector('#answer');
const writer = document.querySelector('#writer');
const places = document.querySelector('#places');
const state = document.querySelector('#connection');

const QUIET_MS = 2000; // longer than any pause of a process that writes

let since = ''; // the position up to which this page has everything
let pieces = 0; // the number of words so far
let process = ''; // the process that writes
let node = ''; // the node that this page reads from
let paragraph;
let follow = true; // keep the end in sight
let quiet; // the timer

askFrom(document.querySelector('#ask'), document.querySelector('#next'), document.querySelector('#notice'));

// --- the words ---

// Text of a model is only ever inserted as text, never as HTML.
function append(text) {
    text.split(/\n\n/).forEach((part, at) => {
        if (at > 0 || paragraph === undefined) {
            paragraph = document.createElement('p');
            answer.append(paragraph);
        }
        paragraph.append(part);
    });
}

function restart({ answer: whole, position }) {
    answer.replaceChildren();
    paragraph = undefined;
    process = '';
    since = position;
    question.textContent = whole.question;
    document.title = whole.question;
    append(whole.text);
    written(whole.pieces, whole);
}

function add(piece) {
    // The answer may contain the piece already, except with PostgreSQL's layer. Without history, pieces may be missing.
    if (piece.number > pieces + 1) {
        since = '';
        connection.reconnect();
    } else if (piece.number === pieces + 1) {
        since = piece.position;
        append(piece.text);
        written(piece.number, piece);
    }
}

function written(number, { done, writer: name }) {
    const id = name.split('-')[0];
    if (process !== '' && process !== id) {
        report(`Process ${process} has stopped after word ${pieces}. Process ${id} continues.`);
    }
    pieces = number;
    process = id;
    document.body.classList.toggle('done', done);
    clearTimeout(quiet);
    if (done) {
        writer.textContent = `${pieces} words, the last one by process ${process}`;
    } else {
        writer.textContent = `Process ${process} is writing · ${pieces} words`;
        quiet = setTimeout(stalled, QUIET_MS);
    }
}

function stalled() {
    writer.textContent = connection.isOpen
        ? `Process ${process} has written nothing for ${QUIET_MS / 1000} seconds. Another one takes over if it has ended.`
        : `${pieces} words. This page is not connected; the answer continues without it.`;
}

function report(words) {
    const item = document.createElement('li');
    item.textContent = words;
    places.append(item);
}

// --- the end of the answer stays in sight unless the user has scrolled up ---

scroller.addEventListener('scroll', () => {
    follow = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
});

const connection = new Connection(() => `/ws/answer/${document.body.dataset.id}/?` + new URLSearchParams({ since }), {
    onFrame(frame) {
        if (frame.answer) {
            restart(frame);
        } else if (frame.number) {
            add(frame);
        }
        if (follow) {
            scroller.scrollTop = scroller.scrollHeight;
        }
    },
    onState(now) {
        showState(state, now);
        if (now.name === 'connected') {
            if (node !== '' && node !== now.node) {
                report(`This page reads from ${now.node} now, from word ${pieces + 1} on.`);
            }
            node = now.node;
        }
    },
});

import { Connection, showState } from './connection.js';

const cards = document.querySelector('#cardsContainer');
const count = document.querySelector('#messageCount');
const countWord = document.querySelector('#countWord');
const empty = document.querySelector('#empty');
const title = document.querySelector('#msgTitle');
const text = document.querySelector('#msgTextArea');
const notice = document.querySelector('#notice');
const state = document.querySelector('#connection');

// Programs that drive this page wait for this.
window.websocketConnected = false;
window.messageHandled = false;

let since = ''; // the position up to which this page has everything

const connection = new Connection(() => '/ws/message/?' + new URLSearchParams({ since }), {
    onOpen() {
        window.websocketConnected = true;
    },
    onFrame(board) {
        since = board.position;
        if (board.messages === undefined) {
            return; // This page has not missed what does not follow.
        }
        count.textContent = board.count;
        countWord.textContent = board.count === 1 ? 'message' : 'messages';
        empty.hidden = board.messages.length > 0;
        redraw(board.messages);
        window.messageHandled = true;
    },
    onState(now) {
        window.websocketConnected &&= now.name === 'connected';
        showState(state, now);
    },
});

// Existing cards keep their element, so that focus and selection survive changes of other users.
function redraw(notes) {
    const shown = new Map([...cards.children].map((card) => [card.dataset.id, card]));
    const focused = document.activeElement?.closest('.note');
    const wanted = notes.map((note) => shown.get(String(note.id)) ?? card(note));
    const kept = new Set(wanted);
    [...cards.children].filter((one) => !kept.has(one)).forEach((one) => one.remove());
    wanted.forEach((one, at) => cards.children[at] === one || cards.insertBefore(one, cards.children[at] ?? null));
    if (focused && !focused.isConnected) {
        title.focus();
    }
}

// Text of other users is only ever inserted as text, never as HTML.
function card({ id, title: heading, message }) {
    const note = document.createElement('article');
    note.className = 'note';
    note.dataset.id = id;
    const words = part('h2', heading);
    words.id = `heading-${id}`;
    const remove = document.createElement('button');
    remove.id = 'deleteBtn';
    remove.type = 'button';
    remove.textContent = 'Delete';
    remove.setAttribute('aria-describedby', `heading-${id}`);
    askFirst(remove, () => say({ action: 'delete', id }));
    note.append(words, part('p', message), remove);
    return note;
}

// The first click asks, the second one acts: everybody may delete everything, and nothing brings it back.
function askFirst(button, act) {
    const words = button.textContent;
    const ask = (armed) => {
        button.classList.toggle('armed', armed);
        button.textContent = armed ? 'Delete for everybody?' : words;
    };
    button.addEventListener('click', () => {
        if (button.classList.contains('armed')) {
            act();
        }
        ask(!button.classList.contains('armed'));
    });
    button.addEventListener('blur', () => ask(false));
    button.addEventListener('keydown', (event) => event.key === 'Escape' && ask(false));
}

function part(tag, words) {
    const element = document.createElement(tag);
    element.textContent = words;
    element.dir = 'auto';
    return element;
}

document.querySelector('#composer').addEventListener('submit', (event) => {
    event.preventDefault();
    if (say({ action: 'create', title: title.value.trim(), message: text.value.trim() })) {
        title.value = '';
        text.value = '';
        title.focus();
    }
});

function say(command) {
    const sent = connection.send(command);
    notice.textContent = sent ? '' : 'Not connected; try again in a moment.';
    return sent;
}

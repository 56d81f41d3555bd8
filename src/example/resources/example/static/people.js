import { hue } from './names.js';

// The maximum number of names on the page; the count includes the others.
const MOST_SHOWN = 50;

const section = document.querySelector('#people');
const count = document.querySelector('#people-count');
const names = document.querySelector('#names');
const coming = document.querySelector('#coming');

// By name, a reference for each connection: a user with two devices is one name. Names are data, so they are no members
// of an object.
const present = new Map();

/** Applies what the server sends of the presence, and shows it. */
export function applyPresence({ state, joins, leaves }, myName) {
    const before = new Set(present.keys());
    if (state) {
        present.clear();
    }
    for (const [name, entries] of Object.entries(joins)) {
        present.set(name, new Set([...present.get(name) ?? [], ...Object.keys(entries)]));
    }
    for (const [name, gone] of Object.entries(leaves)) {
        gone.forEach((reference) => present.get(name)?.delete(reference));
        if (present.get(name)?.size === 0) {
            present.delete(name);
        }
    }
    // A state is what others may have seen for long. It is no news.
    coming.textContent = state ? '' : news(before, myName);
    showPeople(myName);
}

/** Shows whether the names are those of this moment. */
export function showStale(stale) {
    section.classList.toggle('stale', stale);
}

function showPeople(myName) {
    const others = [...present.keys()].filter((name) => name !== myName).sort((a, b) => a.localeCompare(b));
    const all = present.has(myName) ? [myName, ...others] : others;
    names.replaceChildren(...all.slice(0, MOST_SHOWN).map((name) => chip(name, name === myName)));
    count.textContent = all.length === 1 ? '1 person here' : `${all.length} people here`;
    section.hidden = all.length === 0;
}

// Text of other users is only ever inserted as text, never as HTML.
function chip(name, own) {
    const item = document.createElement('li');
    item.className = own ? 'own' : `hue-${hue(name)}`;
    const text = document.createElement('bdi');
    text.className = 'name';
    text.textContent = own ? 'You' : name;
    item.append(text);
    item.title = name;
    return item;
}

function news(before, myName) {
    const joined = [...present.keys()].filter((name) => !before.has(name) && name !== myName);
    const left = [...before].filter((name) => !present.has(name) && name !== myName);
    return [sentence(joined, 'joined'), sentence(left, 'left')].filter((words) => words !== '').join(', ');
}

function sentence(list, verb) {
    if (list.length === 0) {
        return '';
    }
    return (list.length > 2 ? `${list.length} people` : list.join(' and ')) + ` ${verb}`;
}

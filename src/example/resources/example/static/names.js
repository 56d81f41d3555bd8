import { recall, remember } from './rooms.js';

// The user's name, kept in the browser. All example pages share it.
const KEY = 'chat.name';
const ADJECTIVES = ['Amber', 'Brisk', 'Calm', 'Dapper', 'Eager', 'Gentle', 'Jolly', 'Lucid', 'Nimble', 'Quiet'];
const ANIMALS = ['Badger', 'Crane', 'Finch', 'Heron', 'Lynx', 'Marten', 'Otter', 'Puffin', 'Raven', 'Stoat'];
const HUES = 8;

function anyName() {
    const one = (words) => words[Math.floor(Math.random() * words.length)];
    return `${one(ADJECTIVES)} ${one(ANIMALS)} ${10 + Math.floor(Math.random() * 90)}`;
}

/** The name; a random one until the user has chosen one. */
export function ownName() {
    const name = recall(KEY) || anyName();
    remember(KEY, name);
    return name;
}

/** Shows the name in an input, and passes on what the user changes it to. */
export function editName(input, changed) {
    input.value = ownName();
    let last = input.value;
    input.addEventListener('change', () => {
        last = input.value.trim() || last;
        input.value = last;
        remember(KEY, last);
        changed(last);
    });
}

/** A number that selects the colour of a name. */
export function hue(name) {
    let sum = 0;
    for (const character of name) {
        sum = (sum * 31 + character.codePointAt(0)) % 9973;
    }
    return sum % HUES;
}

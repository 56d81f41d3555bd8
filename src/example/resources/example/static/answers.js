import { askFrom } from './ask.js';

const recent = document.querySelector('#recent');
const list = document.querySelector('#answers');

askFrom(document.querySelector('#ask'), document.querySelector('#question'), document.querySelector('#notice'));

// Text of other users is only ever inserted as text, never as HTML.
function entry({ id, question, done }) {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = `/answers/${id}/`;
    link.textContent = question;
    link.dir = 'auto';
    link.classList.toggle('going', !done);
    item.append(link);
    return item;
}

async function refresh() {
    const answers = await (await fetch('/answers/latest')).json();
    list.replaceChildren(...answers.map(entry));
    recent.hidden = answers.length === 0;
}

refresh().catch(() => recent.remove());

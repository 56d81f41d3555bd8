import { recentRooms, roomPath } from './rooms.js';

const form = document.querySelector('#enter');
const input = document.querySelector('#room-name-input');
const hint = document.querySelector('#hint');

form.addEventListener('submit', (event) => {
    event.preventDefault();
    const room = input.value.trim();
    const problem = problemWith(room);
    hint.classList.toggle('problem', problem !== '');
    if (problem) {
        hint.textContent = problem;
        input.focus();
    } else {
        window.location.assign(roomPath(room));
    }
});

// Texts that cannot be one segment of a URL's path.
function problemWith(room) {
    if (room === '') {
        return 'Type the name of a room first.';
    }
    if (room === '.' || room === '..' || room.includes('/')) {
        return 'A room’s name cannot contain a slash, or be nothing but dots.';
    }
    return '';
}

function showRecent() {
    const rooms = recentRooms();
    document.querySelector('#recent').hidden = rooms.length === 0;
    document.querySelector('#recent-rooms').replaceChildren(...rooms.map(chip));
}

function chip(room) {
    const link = document.createElement('a');
    link.href = roomPath(room);
    link.textContent = room;
    const item = document.createElement('li');
    item.append(link);
    return item;
}

function showAccount() {
    const account = JSON.parse(document.getElementById('account').textContent);
    if (account) {
        document.querySelector('#account-line a').textContent = `You are ${account}`;
        const members = document.createElement('a');
        members.href = roomPath('members');
        members.textContent = 'Members’ room';
        document.querySelector('#account-line').append(' ', members);
    }
}

showRecent();
showAccount();
input.focus();

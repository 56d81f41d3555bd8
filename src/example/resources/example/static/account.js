const account = JSON.parse(document.getElementById('account').textContent);
const form = document.querySelector('#credentials');
const name = document.querySelector('#name');
const password = document.querySelector('#password');
const notice = document.querySelector('#notice');
const memberNotice = document.querySelector('#member-notice');

// Where the visitor came from; never another site.
function next() {
    const wanted = new URL(new URLSearchParams(window.location.search).get('next') ?? '/chat/', window.location.origin);
    return wanted.origin === window.location.origin ? wanted.pathname : '/chat/';
}

/** Sends a request, and goes on when it has succeeded; shows the server's words otherwise. */
async function send(path, body, place, goOn) {
    const buttons = document.querySelectorAll('button');
    buttons.forEach((button) => { button.disabled = true; });
    try {
        const response = await fetch(path, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
        });
        if (response.ok) {
            goOn();
            return;
        }
        tell(place, (await response.json().catch(() => ({}))).error ?? `The server answered ${response.status}.`);
    } catch {
        tell(place, 'The server cannot be reached.');
    } finally {
        buttons.forEach((button) => { button.disabled = false; });
    }
}

function tell(place, problem) {
    place.textContent = problem;
    place.classList.add('problem');
}

form.addEventListener('submit', (event) => {
    event.preventDefault();
    const action = event.submitter?.value ?? 'login';
    send(`/account/${action}`, { name: name.value, password: password.value }, notice,
        () => window.location.assign(next()));
});

function leave(action) {
    send(`/account/${action}`, {}, memberNotice, () => window.location.reload());
}

document.querySelector('#logout').addEventListener('click', () => leave('logout'));
document.querySelector('#everywhere').addEventListener('click', () => leave('everywhere'));

document.querySelector('#me').textContent = account;
document.querySelector(account ? '#member' : '#visitor').hidden = false;
if (!account) {
    name.focus();
}

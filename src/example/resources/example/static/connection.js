// A WebSocket that reconnects: after a loss it waits a random time below a bound that doubles ("full jitter"), so that a
// thousand pages do not all reconnect at once when a server restarts. If the server lists several nodes, each attempt
// goes to the next one.
const FIRST_BOUND = 500;
const LAST_BOUND = 30_000;
// After a connection that lasted this long, the next loss starts from the first bound.
const GOOD_AFTER = 5_000;
// The close code whose reason is a text for the user.
const BROKE_A_RULE = 1008;
// The close code of a session that has ended: connecting again does not help.
const LOGGED_OUT = 4401;

// The page's own node, and then the others. Read at once, because the list is needed when the own node has ended. It is
// empty behind a load balancer, where all nodes have one address.
let nodes = [window.location.host];
fetch('/nodes')
    .then((response) => response.json())
    .then((all) => { nodes = [...new Set([...nodes, ...all])]; })
    .catch(() => {});

export class Connection {
    #losses = 0;
    #node;
    #path;
    #handlers;
    #socket;
    #attempt = 0;
    #ended = false;
    #openedAt = 0;
    #retryAt = 0;
    #timer;

    /**
     * @param {() => string} path the socket's path and query, read for each connection
     * @param {{onOpen?: () => void, onFrame: (data: object) => void, onState: (state: object) => void, onLogout?: () => void}} handlers
     */
    constructor(path, handlers) {
        this.#path = path;
        this.#handlers = handlers;
        window.addEventListener('online', () => this.isOpen || this.#ended || this.reconnect());
        window.addEventListener('offline', () => this.#giveUp());
        document.addEventListener('visibilitychange', () => document.hidden || this.retryNow());
        this.#connect();
    }

    get isOpen() {
        return this.#socket.readyState === WebSocket.OPEN;
    }

    /** Sends a frame; false if there is no connection. */
    send(frame) {
        if (!this.isOpen) {
            return false;
        }
        this.#socket.send(JSON.stringify(frame));
        return true;
    }

    /** Ends a waiting time early. */
    retryNow() {
        if (this.#timer !== undefined) {
            this.#stopWaiting();
            this.#connect();
        }
    }

    /** Connects again at once, for example under another name. */
    reconnect() {
        this.#stopWaiting();
        this.#socket.close();
        this.#connect();
    }

    #connect() {
        this.#state({ name: 'connecting' });
        const scheme = window.location.protocol === 'https:' ? 'wss://' : 'ws://';
        this.#node = nodes[this.#losses % nodes.length];
        const socket = new WebSocket(scheme + this.#node + this.#path());
        this.#socket = socket;
        // Events of a socket that another one has replaced do not count.
        const on = (type, handler) => socket.addEventListener(type, (event) => socket === this.#socket && handler(event));
        on('open', () => this.#opened());
        on('message', (event) => this.#handlers.onFrame(JSON.parse(event.data)));
        on('close', (event) => this.#closed(event));
    }

    #opened() {
        this.#openedAt = Date.now();
        console.log('WebSocket connected');
        this.#state({ name: 'connected', node: this.#node });
        this.#handlers.onOpen?.();
    }

    // Without a network a socket stays open for minutes. What the server sends meanwhile would be late, or lost.
    #giveUp() {
        this.#socket.close();
        this.#closed({ code: 1006, reason: 'offline' });
    }

    #closed(event) {
        if (this.#timer !== undefined) {
            return;
        }
        if (event.code === LOGGED_OUT && this.#handlers.onLogout !== undefined) {
            this.#ended = true;
            this.#state({ name: 'ended' });
            this.#handlers.onLogout();
            return;
        }
        if (this.#openedAt > 0 && Date.now() - this.#openedAt > GOOD_AFTER) {
            this.#attempt = 0;
        }
        this.#openedAt = 0;
        const bound = Math.min(LAST_BOUND, FIRST_BOUND * 2 ** this.#attempt);
        this.#attempt += 1;
        this.#losses += 1;
        this.#retryAt = Date.now() + Math.random() * bound;
        console.error('Socket closed unexpectedly', event.code, event.reason);
        this.#wait(event.code === BROKE_A_RULE ? event.reason : '');
    }

    // Ticks once a second at most, to count down.
    #wait(reason) {
        const left = this.#retryAt - Date.now();
        if (left <= 0) {
            this.#stopWaiting();
            this.#connect();
            return;
        }
        this.#state({ name: 'waiting', seconds: Math.ceil(left / 1000), reason });
        this.#timer = setTimeout(() => this.#wait(reason), left % 1000 || 1000);
    }

    #stopWaiting() {
        clearTimeout(this.#timer);
        this.#timer = undefined;
    }

    #state(state) {
        this.#handlers.onState(state);
    }
}

/** Shows the state of a connection in an element, in words and as data-state. */
export function showState(element, state) {
    // A screen reader announces the waiting once, not every second of it.
    element.ariaLive = element.dataset.state === state.name ? 'off' : 'polite';
    element.dataset.state = state.name;
    element.textContent = words(state);
}

function words(state) {
    switch (state.name) {
        case 'connected':
            return state.node === window.location.host ? 'Connected' : `Connected to ${state.node}`;
        case 'waiting':
            return (state.reason ? state.reason + ' – ' : '')
                + (navigator.onLine ? 'Reconnecting' : 'Offline, reconnecting') + ` in ${state.seconds} s`;
        case 'ended':
            return 'Logged out';
        default:
            return 'Connecting…';
    }
}

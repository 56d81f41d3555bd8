// The rooms that this browser has visited. The chat works without storage, too.
const KEY = 'chat.rooms';
const MOST = 8;

export function roomPath(room) {
    return '/chat/' + encodeURIComponent(room) + '/';
}

export function recentRooms() {
    try {
        const rooms = JSON.parse(localStorage.getItem(KEY) ?? '[]');
        return Array.isArray(rooms) ? rooms.filter((room) => typeof room === 'string') : [];
    } catch {
        return [];
    }
}

export function rememberRoom(room) {
    const others = recentRooms().filter((other) => other !== room);
    remember(KEY, JSON.stringify([room, ...others].slice(0, MOST)));
}

export function recall(key) {
    try {
        return localStorage.getItem(key);
    } catch {
        return null;
    }
}

export function remember(key, value) {
    try {
        localStorage.setItem(key, value);
    } catch {
        // Private windows may reject storage; then the list ends with the page.
    }
}

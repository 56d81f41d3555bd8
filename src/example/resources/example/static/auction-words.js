const euros = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR', maximumFractionDigits: 0 });

/** An amount in words. */
export function money(amount) {
    return euros.format(amount);
}

/** A time until the end in words: 4:09, 1:04:09 or 2 d 3 h. */
export function left(millis) {
    const seconds = Math.ceil(millis / 1000);
    const part = (of, every) => Math.floor(seconds / of) % every;
    const two = (number) => String(number).padStart(2, '0');
    const days = Math.floor(seconds / 86_400);
    if (days > 0) {
        return `${days} d ${part(3600, 24)} h`;
    }
    const hours = part(3600, 24);
    return hours > 0
        ? `${hours}:${two(part(60, 60))}:${two(part(1, 60))}`
        : `${part(60, 60)}:${two(part(1, 60))}`;
}

/** Sets the cookie with which the server knows the user's name. */
export function announceName(name) {
    const value = encodeURIComponent(name.toWellFormed?.() ?? name);
    document.cookie = `visitor=${value}; path=/; max-age=31536000; samesite=strict`;
}

/** Sends the question of a form, and opens the page of its answer. */
export function askFrom(form, input, notice) {
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        try {
            const response = await fetch('/answers', {
                method: 'POST',
                headers: { 'Content-Type': 'application/json' },
                body: JSON.stringify({ question: input.value }),
            });
            if (response.ok) {
                window.location.assign(response.headers.get('Location'));
            } else {
                notice.textContent = (await response.json()).error;
            }
        } catch {
            notice.textContent = `${window.location.host} does not answer. Try again in a moment.`;
        }
    });
}
